import { Button, Input } from "antd";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { useAnswer, useChange } from "@/api/asking";
import { call } from "@/api/client";
import { useSession } from "@/app/session";
import { useTalk } from "@/charts/talk";
import { EmptyState } from "@/parts/EmptyState";
import { Loaded } from "@/parts/Loaded";
import { PageHead } from "@/parts/PageHead";

/** All dashboards, and a new one. */
export function BoardList() {
  const { say } = useTalk();
  const query = useAnswer("/api/v1/dashboards");
  return (
    <>
      <PageHead title={say("dashboards")} lead={say("dashboards_lead")}>
        <NewBoard />
      </PageHead>
      <Loaded
        query={query}
        empty={(answer) =>
          answer.dashboards.length ? null : (
            <EmptyState title={say("dashboards_none")}>
              <p>{say("dashboards_none_more")}</p>
            </EmptyState>
          )
        }
      >
        {(answer) => (
          <ul className="boards">
            {answer.dashboards.map((board) => (
              <li key={board.id} className="card">
                <Link to={`/dashboards/${board.id}`}>{board.name}</Link>
                <small>{say("tiles", { n: board.tiles.length })}</small>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </>
  );
}

function NewBoard() {
  const { say } = useTalk();
  const { may } = useSession();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const make = useChange(
    (told: string) => call("post", "/api/v1/dashboards", { body: { name: told, shared: "workspace", tiles: [] } }),
    (made) => void navigate(`/dashboards/${made.id}`),
  );
  if (!may("questions.save")) return null;
  return (
    <form
      className="pair"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim()) make.mutate(name.trim());
      }}
    >
      <Input aria-label={say("title_of")} placeholder={say("dashboard_new")} value={name} onChange={(event) => setName(event.target.value)} />
      <Button type="primary" htmlType="submit" disabled={!name.trim()} loading={make.isPending}>
        {say("add")}
      </Button>
    </form>
  );
}
