import { Button } from "antd";
import type { ReactNode } from "react";
import { ApiError } from "@/api/client";
import { shell } from "@/words/shell";
import { useWords } from "@/words/words";
import { Mark } from "./Mark";
import { Told } from "./Said";

interface Shown {
  failure: Error;
  onRetry?: (() => void) | undefined;
  whole?: boolean;
}

/** What went wrong, in words that say what to do: no permission, engine away, no line, or what the API says. */
export function ErrorState({ failure, onRetry, whole = false }: Shown) {
  const say = useWords(shell);
  const status = failure instanceof ApiError ? failure.status : -1;
  const [title, more] =
    status === 403
      ? [say("noPermission"), failure.message ? <Told failure={failure} /> : say("noPermissionMore")]
      : status === 503
        ? [say("engineDown"), say("engineDownMore")]
        : status === 0
          ? [say("unreachable"), say("unreachableMore")]
          : status === 404
            ? [say("notFound"), <Told failure={failure} />]
            : [say("failed"), <Told failure={failure} />];
  return (
    <State title={title} whole={whole} role="alert">
      <div className="state-more">{more}</div>
      {onRetry && status !== 403 && <Button onClick={onRetry}>{say("retry")}</Button>}
    </State>
  );
}

export function NotFound() {
  const say = useWords(shell);
  return (
    <State title={say("notFound")}>
      <p>{say("notFoundMore")}</p>
    </State>
  );
}

/** A page, or a part of one, that has nothing to show but words. */
export function State({
  title,
  children,
  whole = false,
  role,
}: {
  title: string;
  children?: ReactNode;
  whole?: boolean;
  role?: "alert" | "status";
}) {
  return (
    <div className={whole ? "state whole" : "state"} {...(role ? { role } : {})}>
      <Mark size={44} />
      <h2>{title}</h2>
      {children}
    </div>
  );
}
