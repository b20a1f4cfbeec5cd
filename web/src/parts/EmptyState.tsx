import type { ReactNode } from "react";
import { State } from "./ErrorState";

/** There is nothing yet: what would be here, and how it gets here. */
export function EmptyState({ title, children }: { title: string; children?: ReactNode }) {
  return <State title={title}>{children}</State>;
}
