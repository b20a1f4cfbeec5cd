import { askFields } from "./ask_fields";
import { askFigures } from "./ask_figures";
import { askPage } from "./ask_page";
import type { Words } from "./words";

/** Ask and Dashboards. Keys with a point belong to a family: a field's name, a choice, a column. */
export const ask = { ...askPage, ...askFields, ...askFigures } satisfies Words;

export type AskKey = keyof typeof ask;
