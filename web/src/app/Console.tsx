/** The whole console: preferences, looks, the store of answers; then whoever is signed in, or the door. */

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { App as Antd, ConfigProvider } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import { lazy, type ReactNode, Suspense, useMemo } from "react";
import { RouterProvider } from "react-router/dom";
import { ApiError } from "@/api/client";
import { ErrorState } from "@/parts/ErrorState";
import { Waiting } from "@/parts/Waiting";
import { NONCE } from "./nonce";
import { PreferencesProvider, usePreferences } from "./preferences";
import { makeRouter } from "./router";
import { SessionProvider, useWhoAmI } from "./session";
import { themeOf } from "./theme";

const Door = lazy(() => import("@/pages/door"));
const AGAIN_MS = 2_000;

/** Whether asking again may help: the engine is away, or the line is. */
function mayPass(failure: unknown): boolean {
  return failure instanceof ApiError && (failure.status === 0 || failure.status === 503);
}

function makeQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        refetchOnWindowFocus: false,
        retry: (count, failure) => mayPass(failure) && count < 3,
        retryDelay: AGAIN_MS,
        // An engine that was away comes back: what failed for that is asked again until it does.
        refetchInterval: (query) => (mayPass(query.state.error) ? AGAIN_MS : false),
      },
    },
  });
}

export function Console() {
  const queries = useMemo(makeQueries, []);
  return (
    <PreferencesProvider>
      <QueryClientProvider client={queries}>
        <Looks>
          <Gate />
        </Looks>
      </QueryClientProvider>
    </PreferencesProvider>
  );
}

function Looks({ children }: { children: ReactNode }) {
  const { language, isDark } = usePreferences();
  const theme = useMemo(() => themeOf(isDark), [isDark]);
  return (
    <ConfigProvider
      locale={language === "zh" ? zhCN : enUS}
      theme={theme}
      csp={{ nonce: NONCE }}
      button={{ autoInsertSpace: false }} // a space between two characters is not what a button's label says
    >
      <Antd className="all">{children}</Antd>
    </ConfigProvider>
  );
}

/** Nobody passes without a session; an invitation opens the door also for those who have one. */
function Gate() {
  const { asked, setWorkspace } = useWhoAmI();
  const router = useMemo(makeRouter, []);
  if (asked.isPending) return <Waiting whole />;
  if (asked.error) return <ErrorState failure={asked.error} onRetry={() => void asked.refetch()} whole />;
  if (!asked.data || location.hash.startsWith("#/welcome")) {
    return (
      <Suspense fallback={<Waiting whole />}>
        <Door />
      </Suspense>
    );
  }
  return (
    <SessionProvider answer={asked.data} chooseWorkspace={setWorkspace}>
      <RouterProvider router={router} />
    </SessionProvider>
  );
}
