/** What a stage did to an event. The engine says it in English; a Chinese page knows its fixed phrases. */

import { usePreferences } from "@/app/preferences";
import { useReasons } from "@/parts/flags";
import { useWords } from "@/words/words";
import { reasonWords } from "@/words/rejections";
import { deeds, words } from "./words";

const PERSON = /^person (\d+)$/;
const REJECTED = /^([a-z_]+)(?:: (.*))?$/s;
const WITH_REASON = /^(.*?)(?: \(([^()]*)\))?$/s;

export function Did({ stage, did }: { stage: string; did: string }) {
  const { language } = usePreferences();
  if (language === "en") return did;
  return stage === "clean" ? <Cleaned did={did} /> : <Plain did={did} />;
}

function Plain({ did }: { did: string }) {
  const say = useWords(words);
  const sayDeed = useWords(deeds);
  const [, person] = PERSON.exec(did) ?? [];
  return person ? `${say("person")} # ${person}` : sayDeed(did);
}

function Cleaned({ did }: { did: string }) {
  const sayDeed = useWords(deeds);
  const sayReason = useWords(reasonWords);
  const [, deed = "", joined = ""] = WITH_REASON.exec(did) ?? [];
  const reasons = useReasons(joined);
  const [, reason = "", detail = ""] = REJECTED.exec(did) ?? [];
  if (reasonWords[reason]) {
    return (
      <>
        {sayReason(reason)} {detail && <small lang="en">{detail}</small>}
      </>
    );
  }
  // Phrases have commas of their own, so they are sought and not split.
  const found = Object.keys(deeds).filter((phrase) => deed.split(", ").includes(phrase) || (phrase.includes(",") && deed.includes(phrase)));
  return [...found.map((phrase) => sayDeed(phrase)), ...reasons].join("，") || did;
}
