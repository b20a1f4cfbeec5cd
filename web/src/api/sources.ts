/** Sources as people named them. */

import { useMemo } from "react";
import { useAnswer } from "@/api/asking";
import { useSession } from "@/app/session";

/** The name of a source by its id; its id for whoever may not see sources, and until they are known. */
export function useSourceNames(): (id: string) => string {
  const { may } = useSession();
  const { data } = useAnswer("/api/v1/sources", {}, { enabled: may("sources.read") });
  return useMemo(() => {
    const names = new Map(data?.sources.map((one) => [one.id, one.name]));
    return (id: string) => names.get(id) ?? id;
  }, [data]);
}
