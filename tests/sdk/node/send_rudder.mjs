// Send a known list of messages with @rudderstack/rudder-sdk-node; print how many of each type.
import { createRequire } from 'node:module'

const rudder = createRequire(import.meta.url)('@rudderstack/rudder-sdk-node')
const [base, writeKey, user, count] = process.argv.slice(2)
const tracks = Number(count)
const client = new (rudder.default ?? rudder)(writeKey, { dataPlaneUrl: base, flushAt: 5, flushInterval: 100 })
const sent = []
const send = (kind, message) =>
  sent.push(new Promise((resolve) => client[kind](message, (error) => resolve(error ?? null))))

send('identify', { userId: user, anonymousId: `anon-${user}`, traits: { email: `${user}@shop.cn` } })
for (let number = 0; number < tracks; number++) {
  send('track', { userId: user, event: 'Product Viewed', properties: { number, 名称: '茶壶' } })
}
send('page', { userId: user, name: 'Home' })
send('screen', { userId: user, name: 'Main' })
send('group', { userId: user, groupId: `company-${user}`, traits: { name: 'Acme' } })
send('alias', { userId: user, previousId: `old-${user}` })
const failed = (await Promise.all(sent)).filter((error) => error !== null)
if (failed.length > 0) {
  console.error(String(failed[0]))
  process.exit(1)
}
console.log(JSON.stringify({ identify: 1, track: tracks, page: 1, screen: 1, group: 1, alias: 1 }))
process.exit(0)
