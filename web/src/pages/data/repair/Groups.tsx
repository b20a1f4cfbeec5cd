/** What waits in quarantine by its cause, the largest groups first; each can be mended as a whole. */

import { Button, Drawer } from "antd";
import { useState } from "react";
import { useAnswer } from "@/api/asking";
import { useSourceNames } from "@/api/sources";
import { useFormat } from "@/app/format";
import { Card } from "@/parts/Card";
import { reasonSentences, reasonWords } from "@/words/rejections";
import { useWords } from "@/words/words";
import { words as dataWords } from "../words";
import { BulkRepair, type Group } from "./BulkRepair";
import "./repair.css";
import { words } from "./words";

export function Groups() {
  const say = useWords(words);
  const sayData = useWords(dataWords);
  const format = useFormat();
  const [opened, setOpened] = useState<Group | null>(null);
  const found = useAnswer("/api/v1/quarantine/groups", { query: { limit: 20 } });
  const groups = found.data?.groups ?? [];
  if (groups.length === 0) return null;
  return (
    <Card title={say("groups")}>
      <p className="soft">{say("groupsMore")}</p>
      <div className="scroll">
        <table className="plain">
          <thead>
            <tr>
              <th>{sayData("reason")}</th>
              <th>{say("cause")}</th>
              <th>{sayData("source")}</th>
              <th className="number">{say("events")}</th>
              <th>{say("newest")}</th>
              <th />
            </tr>
          </thead>
          <tbody>
            {groups.map((group) => (
              <Line key={`${group.source} ${group.reason} ${group.protocol} ${group.cause}`} group={group} onOpen={() => setOpened(group)} />
            ))}
          </tbody>
        </table>
      </div>
      <Drawer
        open={opened !== null}
        onClose={() => setOpened(null)}
        size={760}
        destroyOnHidden
        title={opened && say("mendTitle", { n: format.number(opened.events) })}
      >
        {opened && <BulkRepair group={opened} onDone={() => setOpened(null)} />}
      </Drawer>
    </Card>
  );
}

function Line({ group, onOpen }: { group: Group; onOpen: () => void }) {
  const say = useWords(words);
  const sayReason = useWords(reasonWords);
  const sayMeaning = useWords(reasonSentences);
  const format = useFormat();
  const nameOf = useSourceNames();
  return (
    <tr>
      <td>
        <span className="pill bad" title={sayMeaning(group.reason)}>
          {sayReason(group.reason)}
        </span>
      </td>
      <td className="soft break" lang="en">
        {group.cause}
      </td>
      <td>{nameOf(group.source)}</td>
      <td className="number">{format.number(group.events)}</td>
      <td className="nowrap">{format.moment(group.last_at)}</td>
      <td className="right">
        <Button size="small" onClick={onOpen}>
          {say("mend")}
        </Button>
      </td>
    </tr>
  );
}
