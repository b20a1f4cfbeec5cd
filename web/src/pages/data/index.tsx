import { EmptyState } from "@/parts/EmptyState";
import { shell } from "@/words/shell";
import { useWords } from "@/words/words";

export default function Page() {
  const say = useWords(shell);
  return <EmptyState title={say("data")} />;
}
