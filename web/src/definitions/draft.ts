/** What is being written, kept in this browser until it is saved: closing a page loses nothing. */

import { useState } from "react";
import { remember, remembered } from "@/app/preferences";
import { useSession } from "@/app/session";
import { blank, type Definition, type Kind } from "./document";

interface Draft {
  draft: Definition;
  change: (changes: Partial<Definition>) => void;
  isRestored: boolean;
  /** Back to what is written; also after saving. */
  forget: () => void;
}

export function useDraft(kind: Kind, written?: Definition): Draft {
  const { workspace } = useSession();
  const place = `draft.${workspace}.${kind}.${written?.key ?? ""}`;
  const begin = written ?? blank(kind);
  const [kept] = useState(() => read(remembered(place)));
  const [draft, setDraft] = useState<Definition>(kept ?? begin);
  const [isRestored, setRestored] = useState(kept !== null);
  return {
    draft,
    isRestored,
    change: (changes) =>
      setDraft((now) => {
        const next = { ...now, ...changes } as Definition;
        remember(place, JSON.stringify(next));
        return next;
      }),
    forget: () => {
      remember(place, "");
      setRestored(false);
      setDraft(begin);
    },
  };
}

function read(text: string | null): Definition | null {
  try {
    return text ? (JSON.parse(text) as Definition) : null;
  } catch {
    return null;
  }
}
