import { Button } from "antd";
import { useRouteError } from "react-router";
import { shell } from "@/words/shell";
import { useWords } from "@/words/words";

/** In place of a page whose code failed: the frame around it stays usable. */
export function Broken() {
  const say = useWords(shell);
  const failure = useRouteError();
  return (
    <div className="state" role="alert">
      <h2>{say("pageBroke")}</h2>
      <p>{say("pageBrokeMore")}</p>
      <p className="soft">{failure instanceof Error ? failure.message : String(failure)}</p>
      <Button onClick={() => location.reload()}>{say("retry")}</Button>
    </div>
  );
}
