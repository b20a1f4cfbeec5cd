import { useEffect } from "react";
import { useParams, useSearchParams } from "react-router";
import { inWorkspace, InItsWorkspace, WORKSPACE } from "@/app/InItsWorkspace";
import { useSession } from "@/app/session";
import { Board } from "./Board";
import { BoardList } from "./BoardList";
import "@/charts/answer.css";
import "@/pages/ask/ask.css";
import "./dashboards.css";

/** All dashboards, or the one that the address names. */
export default function DashboardsPage() {
  const id = useParams()["*"];
  useNamedWorkspace();
  return <InItsWorkspace>{id ? <Board key={id} id={id} /> : <BoardList />}</InItsWorkspace>;
}

/** An address without a workspace means the one that is open, and says so from then on. */
function useNamedWorkspace(): void {
  const { workspace } = useSession();
  const [search, setSearch] = useSearchParams();
  useEffect(() => {
    if (!search.has(WORKSPACE)) setSearch(inWorkspace(search, workspace), { replace: true });
  }, [search, setSearch, workspace]);
}
