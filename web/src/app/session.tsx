/** Who is signed in, what they may do, and which workspace they look at. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { ApiError, carry, ROOT, send } from "@/api/client";
import { forgetExports } from "@/background/exports";
import { forgetQuestions } from "@/background/questions";
import type { Language } from "@/words/language";
import { remember, remembered, usePreferences } from "./preferences";

export interface WorkspaceOfMine {
  id: string;
  name: string;
  timezone: string;
  role: string;
}

export interface SessionAnswer {
  user: { id: string; login: string; name: string; language: Language };
  role: string;
  workspace: string;
  workspaces: WorkspaceOfMine[];
  permissions: string[];
  csrf: string;
}

export interface Session extends Omit<SessionAnswer, "csrf"> {
  timezone: string;
  may: (permission: string) => boolean;
  setWorkspace: (id: string) => void;
  signOut: () => Promise<void>;
}

const Context = createContext<Session | null>(null);
const KEY = ["session"];
const ADDRESS = `${ROOT}/api/v1/session`;

/** What this browser goes on with for somebody ends with their session: the next one here may be another person. */
function forgetWork(): void {
  forgetExports();
  forgetQuestions();
}

/** Who is signed in; null when nobody is. The workspace decides about role and permissions, so it is asked with. */
export function useWhoAmI() {
  const [workspace, setWorkspace] = useState(() => remembered("workspace") ?? "");
  const asked = useQuery<SessionAnswer | null, ApiError>({
    queryKey: [...KEY, workspace],
    queryFn: () => whoAmI(workspace),
    staleTime: Number.POSITIVE_INFINITY,
    retry: (count, failure) => failure.status !== 401 && count < 2,
  });
  return { asked, workspace, setWorkspace };
}

async function whoAmI(workspace: string): Promise<SessionAnswer | null> {
  try {
    const query = workspace ? `?workspace=${encodeURIComponent(workspace)}` : "";
    return (await send("GET", ADDRESS + query)) as SessionAnswer;
  } catch (failure) {
    if (failure instanceof ApiError && failure.status === 401) {
      forgetWork();
      return null;
    }
    if (failure instanceof ApiError && workspace && (failure.status === 404 || failure.status === 403)) {
      remember("workspace", ""); // it is gone, or no longer ours
      return whoAmI("");
    }
    throw failure;
  }
}

/** Sign in, or make an account from an invitation. Everything shown before belonged to nobody. */
export function useSignIn() {
  const queries = useQueryClient();
  return async (path: "/session" | "/session/welcome", body: Record<string, unknown>) => {
    await send("POST", `${ROOT}/api/v1${path}`, {
      body: JSON.stringify(body),
      headers: { "Content-Type": "application/json" },
    });
    forgetWork();
    await queries.resetQueries();
  };
}

export function SessionProvider({
  answer,
  chooseWorkspace,
  children,
}: {
  answer: SessionAnswer;
  chooseWorkspace: (id: string) => void;
  children: ReactNode;
}) {
  const queries = useQueryClient();
  const { setLanguage } = usePreferences();
  // Before anything below asks: what a request carries must be there with the first one.
  carry({
    csrf: answer.csrf,
    workspace: answer.workspace,
    onSignedOut: () => {
      forgetWork();
      queries.setQueriesData({ queryKey: KEY }, () => null);
    },
  });
  const preferred = answer.user.language;
  useEffect(() => {
    if (!remembered("language") && (preferred === "en" || preferred === "zh")) setLanguage(preferred);
  }, [preferred, setLanguage]);
  const session = useMemo<Session>(
    () => ({
      ...answer,
      timezone: answer.workspaces.find((one) => one.id === answer.workspace)?.timezone ?? "UTC",
      may: (permission) => answer.permissions.includes(permission),
      setWorkspace: (id) => {
        remember("workspace", id);
        chooseWorkspace(id);
      },
      signOut: async () => {
        await send("DELETE", ADDRESS);
        forgetWork();
        carry({ csrf: "", workspace: "" });
        queries.clear();
        location.reload();
      },
    }),
    [answer, chooseWorkspace, queries],
  );
  return <Context.Provider value={session}>{children}</Context.Provider>;
}

export function useSession(): Session {
  const found = useContext(Context);
  if (!found) throw new Error("nobody is signed in here");
  return found;
}
