// posthog-js on a shop's page; it also notes the click, once its configuration allows it.
import posthog from 'posthog-js'

window.send = async ({ base, key, user, tracks }) => {
  await new Promise((loaded) =>
    posthog.init(key, {
      api_host: base,
      capture_pageview: false,
      capture_pageleave: false,
      opt_out_useragent_filter: true,
      request_queue_config: { flush_interval_ms: 250 },
      loaded,
    })
  )
  for (let number = 0; number < tracks; number++) posthog.capture('item viewed', { number, name: '茶壶' })
  posthog.capture('$pageview')
  posthog.identify(user, { email: `${user}@shop.cn` })
  posthog.group('company', `c-${user}`, { name: 'Acme' })
  posthog.setPersonProperties({ plan: 'pro' })
  posthog.alias(`new-${user}`, user)
  await new Promise((resolve) => setTimeout(resolve, 1500))
  document.querySelector('#buy').click()
  return { page: 1, track: tracks + 1, identify: 1, group: 1, profile: 1, alias: 1 }
}
