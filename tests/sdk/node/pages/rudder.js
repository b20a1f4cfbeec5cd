// @rudderstack/analytics-js on a shop's page: one request for each message.
import { RudderAnalytics } from '@rudderstack/analytics-js/bundled'

window.send = async ({ base, key, user, tracks }) => {
  const client = new RudderAnalytics()
  client.load(key, base, { configUrl: base })
  client.setAnonymousId(`anon-${user}`)
  client.page('Home')
  for (let number = 0; number < tracks; number++) client.track('Product Viewed', { number, 名称: '茶壶' })
  client.identify(user, { email: `${user}@shop.cn` })
  client.group(`company-${user}`, { name: 'Acme' })
  client.alias(`new-${user}`, user)
  return { identify: 1, track: tracks, page: 1, group: 1, alias: 1 }
}
