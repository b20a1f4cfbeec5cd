import { Drawer } from "antd";
import { useAnswer } from "@/api/asking";
import { useFormat } from "@/app/format";
import { Loaded } from "@/parts/Loaded";
import { useSaid, useWords } from "@/words/words";
import { documentOf, pageOf, type VisualEvent } from "./document";
import { words } from "./words";

/** What it meant, version by version, newest first. */
export function VersionsDrawer({ event, onClose }: { event: VisualEvent | null; onClose: () => void }) {
  const say = useWords(words);
  const said = useSaid();
  const name = event ? said(documentOf(event.document).name) : "";
  return (
    <Drawer open={event !== null} onClose={onClose} size={520} title={<span className="break">{say("versionsOf", { name })}</span>}>
      {event && <Versions key={event.key} of={event.key} />}
    </Drawer>
  );
}

function Versions({ of }: { of: string }) {
  const say = useWords(words);
  const said = useSaid();
  const format = useFormat();
  const versions = useAnswer("/api/v1/visual-events/{key}/versions", { at: { key: of } });
  return (
    <Loaded query={versions} empty={({ versions: all }) => all.length === 0 && <p className="soft">{say("draft")}</p>}>
      {({ versions: all }) => (
        <ul className="people">
          {all.map(({ version, at, by, document }) => {
            const told = document && documentOf(document);
            return (
              <li key={version}>
                <span className={`pill ${told ? "on" : ""}`}>{told ? say("published", { n: version }) : say("ended")}</span>{" "}
                {told && (
                  <>
                    <b className="break">{said(told.name)}</b> <code className="break">{told.element ?? told.text?.value}</code>{" "}
                    <span className="soft break">{pageOf(told) || say("anyPage")}</span>
                  </>
                )}
                <small className="block">{say("by", { at: format.moment(at), by })}</small>
              </li>
            );
          })}
        </ul>
      )}
    </Loaded>
  );
}
