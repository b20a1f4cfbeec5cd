import type { Answer } from "@/api/client";
import { useFormat } from "@/app/format";
import { reasonWords } from "@/words/rejections";
import { useWords } from "@/words/words";
import { words } from "./words";

type Preview = Answer<"/api/v1/quarantine/repairs/preview", "post">;

/** What a repair would make of the oldest events: each before and after, and whether it would pass. */
export function Rehearsal({ preview }: { preview: Preview }) {
  const say = useWords(words);
  const sayReason = useWords(reasonWords);
  const format = useFormat();
  return (
    <section className="rehearsal">
      <p role="status">
        <b>{say("rehearsed", { passing: format.number(preview.passing), tried: format.number(preview.tried) })}</b>
      </p>
      {preview.events.map((one) => (
        <details key={one.id} open={preview.events.length === 1}>
          <summary>
            <span className={one.passes ? "pill on" : "pill bad"}>{one.passes ? say("passes") : sayReason(one.reason)}</span>{" "}
            {one.detail && (
              <small className="break" lang="en">
                {one.detail}
              </small>
            )}
          </summary>
          <div className="before-after">
            <Message title={say("before")} message={one.before} />
            <Message title={say("after")} message={one.after} />
          </div>
        </details>
      ))}
    </section>
  );
}

function Message({ title, message }: { title: string; message: unknown }) {
  return (
    <figure>
      <figcaption>{title}</figcaption>
      <pre>{JSON.stringify(message, null, 2)}</pre>
    </figure>
  );
}
