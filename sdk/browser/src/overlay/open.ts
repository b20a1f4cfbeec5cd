/**
 * The overlay: a script of its own, fetched where the address of a page held a code (`arrival.ts`). It listens to no
 * message of any window: it speaks with the server alone, which looks at the origin of each request.
 */

import { Panel } from './panel'
import { Refusal, Server } from './server'
import { languageOfBrowser, sayIn } from './words'

const script = document.currentScript as HTMLScriptElement | null
const code = script?.dataset['code']

async function open(host: string, code: string): Promise<void> {
  const panel = new Panel(sayIn(languageOfBrowser()))
  try {
    const server = await Server.open(host, code)
    panel.ready(server, sayIn(server.language))
  } catch (error) {
    // To an origin that nothing is expected of the server says nothing readable: that, too, is a link that is over.
    panel.failed(error instanceof Refusal || error instanceof TypeError ? 'over' : 'unreachable')
  }
}

if (script && code) {
  script.remove()
  void open(script.src.split('/sdk/')[0] as string, code)
}
