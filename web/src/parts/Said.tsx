/** What the server says. English is its own language; a Chinese page says it by sentence or code, its words kept to open. */

import { type Answer, ApiError } from "@/api/client";
import { usePreferences } from "@/app/preferences";
import { dimensionWords } from "@/words/dimensions";
import { alarmWords, problems } from "@/words/problems";
import { shell } from "@/words/shell";
import { sentenceIn } from "@/words/sentences";
import { useWords } from "@/words/words";

export type AlarmFact = Answer<"/api/v1/health">["alarm_facts"][number];

/** The code of anything that was thrown; what is no answer of the API has none of its own. */
function codeOf(failure: Error): string {
  return failure instanceof ApiError && problems[failure.code] ? failure.code : "error";
}

/** A failure as one sentence, for places where only a text fits. */
export function useToldText(): (failure: Error) => string {
  const say = useWords(problems);
  const { language } = usePreferences();
  return (failure) => (failure.message && sentenceIn(language, failure.message)) || say(codeOf(failure));
}

/** A failure in the language of the page. */
export function Told({ failure }: { failure: Error }) {
  return <InWords text={useToldText()(failure)} original={failure.message} />;
}

/** An alarm in the language of the page. */
export function AlarmTold({ alarm }: { alarm: AlarmFact }) {
  const say = useWords(alarmWords);
  const { language } = usePreferences();
  const sayDimension = useWords(dimensionWords);
  const { source = "", event = "", property = "", point = "", count = 0 } = alarm;
  const dimension = sayDimension((alarm.dimension ?? "") as keyof typeof dimensionWords);
  const known = alarmWords[alarm.code] ? alarm.code : "stage_waits";
  const text = language === "en" ? alarm.said : say(known, { source, event, property, point, dimension, n: count });
  return <InWords text={text} original={alarm.said} />;
}

/** A sentence, and the server's own below it where that is another. */
export function InWords({ text, original }: { text: string; original: string }) {
  const say = useWords(shell);
  return (
    <>
      <span className="break">{text}</span>
      {original && original !== text && (
        <details className="original">
          <summary>{say("serverWords")}</summary>
          <span lang="en" className="break">
            {original}
          </span>
        </details>
      )}
    </>
  );
}
