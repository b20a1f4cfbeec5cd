// @segment/analytics-next on a shop's page: one request for each message.
import { AnalyticsBrowser } from '@segment/analytics-next'

window.send = async ({ base, key, user, tracks }) => {
  const client = AnalyticsBrowser.load({ writeKey: key, cdnURL: base })
  await client.setAnonymousId(`anon-${user}`)
  const sent = [client.page('Home')]
  for (let number = 0; number < tracks; number++) sent.push(client.track('Product Viewed', { number, 名称: '茶壶' }))
  sent.push(client.identify(user, { email: `${user}@shop.cn` }))
  sent.push(client.screen('Main'), client.group(`company-${user}`, { name: 'Acme' }), client.alias(`new-${user}`, user))
  await Promise.all(sent)
  return { identify: 1, track: tracks, page: 1, screen: 1, group: 1, alias: 1 }
}
