import { Link } from "react-router";
import { strongestFirst } from "./strength";

export interface Named {
  person: number | string;
  identified: boolean;
  identifiers: readonly { type: string; value: string }[];
}

/** Somebody, by the identifiers that tell most; leads to their page. A key that is no person leads nowhere. */
export function PersonLink({ person }: { person: Named }) {
  const [first, ...others] = strongestFirst(person.identifiers);
  const name = first ? first.value : String(person.person);
  const more = others
    .slice(0, 2)
    .map((one) => `${one.type} ${one.value}`)
    .join(" · ");
  return (
    <span className="person">
      <span className={person.identified ? "face known" : "face"} aria-hidden>
        {[...name][0]?.toUpperCase() ?? "?"}
      </span>
      <span>
        {typeof person.person === "number" ? <Link to={`/people/profile:${person.person}`}>{name}</Link> : <b>{name}</b>}
        <small>
          {first ? first.type : ""} {more && `· ${more}`}
        </small>
      </span>
    </span>
  );
}
