// Send a known list of messages with @segment/analytics-node; print how many of each type.
import { Analytics } from '@segment/analytics-node'

const [base, writeKey, user, count] = process.argv.slice(2)
const tracks = Number(count)
const client = new Analytics({ writeKey, host: base, flushAt: 5, flushInterval: 100, maxRetries: 10 })
client.identify({ userId: user, anonymousId: `anon-${user}`, traits: { email: `${user}@shop.cn` } })
for (let number = 0; number < tracks; number++) {
  client.track({ userId: user, event: 'Product Viewed', properties: { number, 名称: '茶壶' } })
}
client.page({ userId: user, name: 'Home' })
client.screen({ userId: user, name: 'Main' })
client.group({ userId: user, groupId: `company-${user}`, traits: { name: 'Acme' } })
client.alias({ userId: user, previousId: `old-${user}` })
await client.closeAndFlush({ timeout: 60_000 })
console.log(JSON.stringify({ identify: 1, track: tracks, page: 1, screen: 1, group: 1, alias: 1 }))
