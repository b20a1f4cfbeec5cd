import { Button, Popconfirm } from "antd";
import { useFormat } from "@/app/format";
import { useSession } from "@/app/session";
import { Card } from "@/parts/Card";
import { useWords } from "@/words/words";
import { type Register, useRemove } from "./deciding";
import { channelWords, words } from "./words";

type Point = Register["points"][number];
const PILLS = { live: "pill on", silent: "pill warn", missing: "pill bad" } as const;
const WORST = ["silent", "missing", "live"] as const;

/** The declared points, those first that are not seen. */
export function Points({ register }: { register: Register }) {
  const say = useWords(words);
  const points = WORST.flatMap((status) => register.points.filter((one) => one.status === status));
  return (
    <Card title={say("points")}>
      <div className="scroll">
        <table className="plain">
          <thead>
            <tr>
              <th>{say("point")}</th>
              <th>{say("status")}</th>
              <th className="number">{say("events")}</th>
              <th>{say("lastSeen")}</th>
              <th />
            </tr>
          </thead>
          <tbody>
            {points.map((one) => (
              <Line key={one.name} point={one} />
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

function Line({ point }: { point: Point }) {
  const say = useWords(words);
  const sayChannel = useWords(channelWords);
  const format = useFormat();
  const { may } = useSession();
  const remove = useRemove();
  const description = String(point.declared.description ?? "");
  return (
    <tr>
      <td className="break">
        {point.name}
        <small className="block soft">
          {[sayChannel(point.channel), say(point.declared.kind as keyof typeof words), description].filter(Boolean).join(" · ")}
        </small>
      </td>
      <td>
        <span className={PILLS[point.status]}>{say(point.status)}</span>
      </td>
      <td className="number">{format.number(point.events)}</td>
      <td className="nowrap">{point.last_seen ? format.moment(point.last_seen) : say("never")}</td>
      <td>
        {may("policies.write") && (
          <Popconfirm title={say("remove")} description={say("removeAsk")} okText={say("remove")} onConfirm={() => remove.mutate(point.name)}>
            <Button size="small" loading={remove.isPending} aria-label={`${say("remove")} ${point.name}`}>
              {say("remove")}
            </Button>
          </Popconfirm>
        )}
      </td>
    </tr>
  );
}
