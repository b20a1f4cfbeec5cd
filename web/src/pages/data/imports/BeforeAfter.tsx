/** What became of an import: its quality beside the one that was to be expected, and where to go from here. */

import { Alert } from "antd";
import { Link } from "react-router";
import { useAnswer } from "@/api/asking";
import { useFormat } from "@/app/format";
import { useSession } from "@/app/session";
import { Loaded } from "@/parts/Loaded";
import { useWords } from "@/words/words";
import { eventsOf, type Report } from "./asked";
import { Causes } from "./Causes";
import { QualityPanel } from "./Quality";
import { words } from "./words";

/** The report of an import, once all of it has been taken in. */
export function ReportOf({ id }: { id: string }) {
  const report = useAnswer("/api/v1/imports/{import_id}/report", { at: { import_id: id }, query: { fresh: true } });
  return (
    <Loaded query={report} rows={6}>
      {(told) => <BeforeAfter report={told} />}
    </Loaded>
  );
}

function BeforeAfter({ report }: { report: Report }) {
  const say = useWords(words);
  const format = useFormat();
  const { may } = useSession();
  const { before, quality, imported } = report;
  return (
    <div className="stack">
      <div className="import-both">
        {before ? (
          <QualityPanel
            title={say("before")}
            note={`${say("expected")} · ${say(before.whole ? "wholeFile" : "sample", { n: format.number(before.rows) })}`}
            index={before.index}
            dimensions={before.dimensions}
          />
        ) : (
          <section className="quality-panel">
            <h3>{say("before")}</h3>
            <p className="soft">{say("notChecked")}</p>
          </section>
        )}
        <QualityPanel
          title={say("after")}
          note={`${say("measured")} · ${say("finished", { n: format.number(imported.sent) })}`}
          index={quality.index}
          dimensions={quality.dimensions}
          before={before?.index ?? null}
        />
      </div>
      {!report.only_this && <Alert type="info" showIcon title={say("shared")} />}
      <Causes causes={quality.causes} />
      <div className="row">
        <Link to={eventsOf(imported.source)}>{say("seeEvents")}</Link>
        {may("quarantine.read") && <Link to="/data/quarantine">{say("seeQuarantine")}</Link>}
      </div>
    </div>
  );
}
