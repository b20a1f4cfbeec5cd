// sa-sdk-javascript on a shop's page, by image, by ajax, by beacon or in batches; it also notes the visit and the click.
import sensors from 'sa-sdk-javascript'

window.send = async ({ base, key, user, tracks, how }) => {
  const ways = { image: {}, ajax: { send_type: 'ajax' }, beacon: { send_type: 'beacon' }, batch: { batch_send: true } }
  const server_url = `${base}/sa?project=default&token=${key}`
  sensors.init({ server_url, heatmap: { clickmap: 'default' }, show_log: false, ...ways[how] })
  sensors.quick('autoTrack')
  for (let number = 0; number < tracks; number++) sensors.track('ViewItem', { number, name: '茶壶' })
  sensors.login(user)
  sensors.setProfile({ level: 'gold' })
  sensors.incrementProfile({ visits: 1 })
  sensors.bind('$identity_email', `${user}@shop.cn`)
  document.querySelector('#buy').click()
  // The first visit of a browser is noted as a profile_set_once of its own.
  return { page: 1, track: tracks + 1, identify: 2, profile: 3 }
}
