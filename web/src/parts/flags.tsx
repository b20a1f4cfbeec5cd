/** What cleaning noticed about an event, in words: short ones beside it, sentences with the reasons below it. */

import { usePreferences } from "@/app/preferences";
import { flagSentences, flagWords, reasonHeads } from "@/words/flags";
import { fill, useWords } from "@/words/words";

interface Noticed {
  flags: readonly string[];
  flag_reason: string;
}

/** Short words; each tells its sentence to the pointer. */
export function FlagPills({ flags }: Pick<Noticed, "flags">) {
  const say = useWords(flagWords);
  const explain = useWords(flagSentences);
  return flags.map((flag) => (
    <span key={flag} className="pill warn" title={explain(flag)}>
      {say(flag)}
    </span>
  ));
}

/** A sentence for each flag, then the reasons that cleaning gave. */
export function FlagSentences({ flags, flag_reason }: Noticed) {
  const explain = useWords(flagSentences);
  const reasons = useReasons(flag_reason);
  if (flags.length === 0) return null;
  return (
    <ul className="noticed">
      {flags.map((flag) => (
        <li key={flag}>{explain(flag)}</li>
      ))}
      {reasons.map((reason) => (
        <li key={reason} className="soft break">
          {reason}
        </li>
      ))}
    </ul>
  );
}

/** Reasons such as `plan:type:price`, in words; one that nobody knows stays as it is. */
export function useReasons(joined: string): string[] {
  const { language } = usePreferences();
  return joined
    .split(",")
    .filter(Boolean)
    .map((reason) => {
      const [head = "", second = ""] = reason.split(":");
      const known = [`${head}:${second}`, head].find((one) => reasonHeads[one]);
      const word = known === undefined ? undefined : reasonHeads[known];
      return word && known ? fill(word[language], { what: reason.slice(known.length + 1).replaceAll("|", ", ") }) : reason;
    });
}
