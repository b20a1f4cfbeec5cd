/** Which field a refusal of the API names, so that its sentence stands beside it. */

export interface Problem {
  /** As in the document: `steps[0].event`; empty where the whole question is meant. */
  readonly place: string;
  readonly message: string;
}

const AT = /at `\$\.?([^`]*)`/;
const HEAD = /^([a-z_]+(?:\[\d+\])?(?:\.[a-z_]+(?:\[\d+\])?)*)\b[: ]/;

/**
 * "Expected `int`, got `str` - at `$.steps[1].name`" names `steps[1].name`; "interval: a lifecycle ..." `interval`.
 * A head that is no field of the question is an ordinary sentence.
 */
export function problemOf(message: string, fields: readonly string[]): Problem {
  const place = (AT.exec(message)?.[1] ?? "").replaceAll("[...]", "");
  if (place) return { place, message };
  const head = HEAD.exec(message)?.[1] ?? "";
  const first = head.split(/[.[]/)[0] ?? "";
  if (fields.includes(first)) return { place: head, message };
  return { place: fields.includes(`${first}s`) ? `${first}s` : "", message }; // "formula 'A +': ..." is of formulas
}

/** Whether a problem belongs to a field at this place, or below it where the form shows nothing finer. */
export function isAt(problem: Problem | null, place: string, depth: "exact" | "below"): boolean {
  if (problem === null || !problem.place) return false;
  if (problem.place === place) return true;
  return depth === "below" && (problem.place.startsWith(`${place}.`) || problem.place.startsWith(`${place}[`));
}
