/** Who a rule would be about, asked again whenever it changes and one pauses for a moment. */

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { ApiError } from "@/api/client";
import { useFormat } from "@/app/format";
import { useSession } from "@/app/session";
import { Card } from "@/parts/Card";
import { Figure } from "@/parts/Figure";
import { PersonLink } from "@/parts/PersonLink";
import { Told } from "@/parts/Said";
import { Waiting } from "@/parts/Waiting";
import { useSaid, useWords } from "@/words/words";
import { type Definition, formOf, isComplete, type Kind } from "./document";
import { type Preview, preview } from "./loading";
import { words } from "./words";

const PAUSE_MS = 400;
const SAMPLE = 8;

function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

export function SizeNow({ kind, draft }: { kind: Kind; draft: Definition }) {
  const say = useWords(words);
  const { workspace } = useSession();
  const settled = useSettled(draft);
  const form = formOf(settled.rule);
  const isReady = !form || (form.conditions.length > 0 && form.conditions.every(isComplete));
  const found = useQuery<Preview, ApiError>({
    queryKey: [workspace, "preview", kind, settled.rule, settled.key],
    // A definition without a key or names cannot be previewed; what they are changes nothing about its size.
    queryFn: ({ signal }) =>
      preview(kind, { ...settled, key: settled.key || "draft", name: { en: settled.name.en || "–", zh: settled.name.zh || "–" } }, signal),
    enabled: isReady,
    placeholderData: keepPreviousData,
  });
  return (
    <Card title={say("size")}>
      {!isReady && <p className="soft">{say("incomplete")}</p>}
      {isReady && found.isPending && <Waiting />}
      {isReady && found.error && (
        <div className="problem" role="alert">
          <Told failure={found.error} />
        </div>
      )}
      {isReady && found.data && !found.error && <Size found={found.data} />}
    </Card>
  );
}

function Size({ found }: { found: Preview }) {
  const say = useWords(words);
  const said = useSaid();
  const format = useFormat();
  return (
    <div className="stack" aria-live="polite">
      <Figure label={say("people")} value={found.people} before={found.month_ago} />
      <p className="soft">
        {say("ofAll", { share: format.percent(found.share), n: format.number(found.of) })}
        <br />
        {say("monthAgo", { n: format.number(found.month_ago) })}
      </p>
      {found.sentence && <p>{said(found.sentence)}</p>}
      {found.compared && (
        <p className="row">
          <span className="pill on">{say("comes", { n: format.number(found.compared.enter) })}</span>
          <span className="pill">{say("goes", { n: format.number(found.compared.leave) })}</span>
        </p>
      )}
      {found.values.length > 1 && <Values found={found} />}
      {found.sample.length > 0 && (
        <>
          <h3 className="soft">{say("sample")}</h3>
          <ul className="people">
            {found.sample.slice(0, SAMPLE).map((one) => (
              <li key={String(one.person)}>
                <PersonLink person={one} />
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

function Values({ found }: { found: Preview }) {
  const say = useWords(words);
  const format = useFormat();
  return (
    <table className="plain">
      <thead>
        <tr>
          <th>{say("values")}</th>
          <th className="number">{say("people")}</th>
        </tr>
      </thead>
      <tbody>
        {found.values.slice(0, 10).map((one) => (
          <tr key={JSON.stringify(one.value)}>
            <td>{typeof one.value === "string" ? one.value : JSON.stringify(one.value)}</td>
            <td className="number">{format.number(one.people)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
