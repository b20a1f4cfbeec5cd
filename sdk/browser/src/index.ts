/** The npm package: `import { load } from "@zuji/browser"`. */

export { load } from './load'
export type { Client } from './client'
export type { Automatic, Options, Purposes } from './options'
export type { Survey } from './surveys/survey'
export type { Json, Properties } from './message'
