/** Pages whose address names the workspace, so that a link shows everybody the same numbers, or says that it cannot. */

import { Button } from "antd";
import { type ReactNode, useEffect } from "react";
import { useSearchParams } from "react-router";
import { State } from "@/parts/ErrorState";
import { Waiting } from "@/parts/Waiting";
import { shell } from "@/words/shell";
import { useWords } from "@/words/words";
import { useSession } from "./session";

export const WORKSPACE = "workspace";

/** The page within, in the workspace of the address: it is switched to, and never answered for by another one. */
export function InItsWorkspace({ children }: { children: ReactNode }) {
  const { workspace, workspaces, setWorkspace } = useSession();
  const [search] = useSearchParams();
  const named = search.get(WORKSPACE) || workspace;
  const isMine = named === workspace || workspaces.some((one) => one.id === named);
  useEffect(() => {
    if (isMine && named !== workspace) setWorkspace(named);
  }, [isMine, named, workspace, setWorkspace]);
  if (!isMine) return <Elsewhere named={named} />;
  return named === workspace ? children : <Waiting />;
}

function Elsewhere({ named }: { named: string }) {
  const say = useWords(shell);
  const { workspace, workspaces } = useSession();
  const [, setSearch] = useSearchParams();
  const here = workspaces.find((one) => one.id === workspace)?.name ?? workspace;
  return (
    <State title={say("otherWorkspace")} role="alert">
      <p className="state-more">{say("otherWorkspaceMore", { name: named })}</p>
      <Button onClick={() => setSearch((search) => inWorkspace(search, workspace))}>{say("openIn", { name: here })}</Button>
    </State>
  );
}

/** An address's parameters with this workspace among them. */
export function inWorkspace(search: URLSearchParams, workspace: string): URLSearchParams {
  const next = new URLSearchParams(search);
  next.set(WORKSPACE, workspace);
  return next;
}
