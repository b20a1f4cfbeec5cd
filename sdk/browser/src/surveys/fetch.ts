/** The script that asks is fetched by the pages that have something to ask, and by no others. */

import { fetchExtra } from '../extras'
import type { Order, Orders } from './survey'

const holder = window as { zujiSurveys?: Orders }

export function askLater(host: string, order: Order): void {
  if (!holder.zujiSurveys) {
    holder.zujiSurveys = [] as Order[]
    fetchExtra(host, 'surveys')
  }
  holder.zujiSurveys.push(order)
}
