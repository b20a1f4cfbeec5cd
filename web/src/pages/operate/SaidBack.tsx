import { usePreferences } from "@/app/preferences";
import { sentenceIn } from "@/words/sentences";

/** What came back from a receiver, or was sent there: in the language of the page where that is known. */
export function useSaidBack(): (english: string) => string {
  const { language } = usePreferences();
  return (english) => sentenceIn(language, english) ?? english;
}

export function SaidBack({ english }: { english: string }) {
  const told = useSaidBack()(english);
  return (
    <span className="break" {...(told === english ? { lang: "en" } : {})}>
      {told}
    </span>
  );
}
