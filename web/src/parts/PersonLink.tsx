import { Link } from "react-router";
import { strongestFirst } from "./strength";

export interface Named {
  person: number | string;
  identified: boolean;
  /** What they are called, where this role may see it. */
  name?: string | null;
  identifiers: readonly { type: string; value: string }[];
}

/** Somebody, by the identifiers that tell most; leads to their page. A key that is no person leads nowhere. */
export function PersonLink({ person }: { person: Named }) {
  const held = strongestFirst(person.identifiers);
  const [first] = held;
  const name = person.name || (first ? first.value : typeof person.person === "number" ? `# ${person.person}` : person.person);
  const told = person.name || !first ? held : [{ type: first.type, value: "" }, ...held.slice(1)];
  const more = told
    .slice(0, 3)
    .map((one) => `${one.type} ${one.value}`.trim())
    .join(" · ");
  return (
    <span className="person">
      <span className={person.identified ? "face known" : "face"} aria-hidden>
        {[...name][0]?.toUpperCase() ?? "?"}
      </span>
      <span>
        {typeof person.person === "number" ? <Link to={`/people/profile:${person.person}`}>{name}</Link> : <b>{name}</b>}
        <small>{more}</small>
      </span>
    </span>
  );
}
