// Send a known list of messages with posthog-node; print how many of each type.
import { PostHog } from 'posthog-node'

const [base, key, user, count] = process.argv.slice(2)
const tracks = Number(count)
const client = new PostHog(key, { host: base, flushAt: 5, flushInterval: 100, fetchRetryCount: 8, fetchRetryDelay: 300 })
for (let number = 0; number < tracks; number++) {
  client.capture({ distinctId: user, event: 'item viewed', properties: { number, name: '茶壶' } })
  // Left alone it would send all in one request, and few faults would find a request to spoil.
  if (number % 5 === 4) await client.flush()
}
client.capture({ distinctId: user, event: '$pageview', properties: { $current_url: 'https://shop.cn/' } })
client.identify({ distinctId: user, properties: { email: `${user}@shop.cn` } })
client.groupIdentify({ groupType: 'company', groupKey: `c-${user}`, properties: { name: 'Acme' } })
client.alias({ distinctId: user, alias: `old-${user}` })
await client.shutdown(60_000)
console.log(JSON.stringify({ track: tracks, page: 1, identify: 1, group: 1, alias: 1 }))
