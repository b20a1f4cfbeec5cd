import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ErrorState } from "./ErrorState";
import { Waiting } from "./Waiting";

interface Shown<T> {
  query: UseQueryResult<T, Error>;
  rows?: number;
  /** Instead of the content, where there is nothing; false where there is something. */
  empty?: (answer: T) => ReactNode;
  children: (answer: T) => ReactNode;
}

/** An answer with all its states. What was loaded stays while it is asked anew, also when that fails. */
export function Loaded<T>({ query, rows = 5, empty, children }: Shown<T>) {
  if (query.data !== undefined) return <>{empty?.(query.data) || children(query.data)}</>;
  if (query.error) return <ErrorState failure={query.error} onRetry={() => void query.refetch()} />;
  return <Waiting rows={rows} />;
}
