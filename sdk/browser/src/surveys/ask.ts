/** The script that asks: waits for a survey's moment, shows it in a corner of the page, tells the answer as an event. */

import { attempt } from '../cookie'
import { openCard } from './card'
import type { Order, Orders, Survey } from './survey'

const holder = window as { zujiSurveys?: Orders | Order[] }
const waiting = holder.zujiSurveys
let isAsking = false

function begin(order: Order): void {
  for (const survey of order.surveys) {
    const soon = (): unknown => setTimeout(() => ask(order, survey), (survey.afterSeconds || 0) * 1000)
    if (survey.event) order.recorder.onSaid((event) => event === survey.event && soon())
    else soon()
  }
}

function ask({ recorder, name }: Order, survey: Survey): void {
  const { id, question } = survey
  const key = `${name}:survey:${id}`
  const isAsked = attempt(() => localStorage.getItem(key))
  // Who may not be recorded is not asked either: the answer could go nowhere.
  if (isAsking || isAsked || !recorder.mayRecord() || !location.pathname.startsWith(survey.path || '/')) return
  isAsking = true
  attempt(() => localStorage.setItem(key, '1'))
  recorder.saw('$survey_shown', { $survey: id, $question: question })
  openCard(survey, (answer) => {
    isAsking = false
    if (answer === undefined) recorder.saw('$survey_closed', { $survey: id })
    else recorder.saw('$survey_answered', { $survey: id, $question: question, $answer: answer })
  })
}

holder.zujiSurveys = { push: begin }
if (Array.isArray(waiting)) waiting.forEach(begin)
