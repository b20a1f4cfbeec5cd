import type { Answer } from "@/api/client";
import { strongestFirst } from "@/parts/strength";

/** The name that somebody told; none where there is none, or where it is hidden from this role. */
export function toldName(person: { traits?: unknown }): string | null {
  const traits = (person.traits ?? {}) as Record<string, unknown>;
  for (const name of ["name", "nickname", "$name", "full_name"]) {
    const told = traits[name];
    if (typeof told === "string" && told && !/^\*+$/.test(told)) return told;
  }
  return null;
}

/** What somebody is called: by their name where they told one, else by the identifier that tells most. */
export function nameOf(person: Pick<Answer<"/api/v1/profiles/{identifier}">, "id" | "traits" | "identifiers">): string {
  return toldName(person) ?? strongestFirst(person.identifiers)[0]?.value ?? `# ${person.id}`;
}
