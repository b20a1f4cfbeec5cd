import type { Answer } from "@/api/client";
import { strongestFirst } from "@/parts/strength";

/** What somebody is called: by their name where they told one, else by the identifier that tells most. */
export function nameOf(person: Pick<Answer<"/api/v1/profiles/{identifier}">, "id" | "traits" | "identifiers">): string {
  const traits = person.traits as Record<string, unknown>;
  for (const name of ["name", "nickname", "$name", "full_name"]) {
    const told = traits[name];
    if (typeof told === "string" && told) return told;
  }
  return strongestFirst(person.identifiers)[0]?.value ?? `# ${person.id}`;
}
