// Send a known list of messages with sa-sdk-node; print how many of each type. This client never sends anything again.
import { createRequire } from 'node:module'

const sensors = createRequire(import.meta.url)('sa-sdk-node')
const [base, token, user, count] = process.argv.slice(2)
const tracks = Number(count)
const client = new (sensors.default ?? sensors)()
client.submitTo({ url: `${base}/sa?project=default&token=${token}`, gzip: true, mode: 'track' })
for (let number = 0; number < tracks; number++) {
  client.track(`anon-${user}`, 'ViewItem', { number, name: '茶壶' })
}
client.trackSignup(user, `anon-${user}`, { channel: 'web' })
client.profileSet(user, { level: 'gold' })
client.profileSetOnce(user, { first: 'web' })
client.profileIncrement(user, { visits: 1 })
client.profileAppend(user, { tags: ['tea'] })
client.profileUnset(user, ['level'])
client.itemSet('book', `b-${user}`, { name: 'N' })
// Nothing tells when it is done; the requests keep the process alive until they are.
setTimeout(() => process.exit(0), 3000)
console.log(JSON.stringify({ track: tracks, identify: 1, profile: 5, group: 1 }))
