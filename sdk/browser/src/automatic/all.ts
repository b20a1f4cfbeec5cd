/** Everything that is noticed by itself, in the order in which it is told when a page goes. */

import type { Recorder } from '../recorder'
import type { Settings } from '../options'
import { watchClicks } from './clicks'
import { watchDwell } from './dwell'
import { watchErrors } from './errors'
import { watchForms } from './forms'
import { watchFrustration } from './frustration'
import { watchPerformance } from './performance'
import { watchViews } from './views'
import { onLeave } from './leaving'

export function watchPage(recorder: Recorder, settings: Settings): void {
  const { automatic, stripParameters } = settings
  const start = (): void => {
    const views = watchViews(recorder, automatic.pages, stripParameters)
    if (automatic.dwell) watchDwell(recorder, views)
    if (automatic.clicks) watchClicks(recorder, stripParameters)
    if (automatic.frustration) watchFrustration(recorder, views, stripParameters)
    if (automatic.forms) watchForms(recorder, stripParameters)
    if (automatic.performance) watchPerformance(recorder, views)
    if (automatic.errors) watchErrors(recorder, stripParameters)
    onLeave((isGoing) => recorder.leave(isGoing))
  }
  // A page prepared in the background was not seen by anybody yet.
  if ((document as { prerendering?: boolean }).prerendering)
    document.addEventListener('prerenderingchange', start, { once: true })
  else start()
}
