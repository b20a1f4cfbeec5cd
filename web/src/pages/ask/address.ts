/** A question in the address of the page: the whole of it, as compact JSON, so that a link is the question. */
import { WORKSPACE } from "@/app/InItsWorkspace";
import { KINDS, type Kind } from "@/charts/views";
import { allFields } from "./kinds";
import { blank, trimmed } from "./fields";
import { type Document, isDocument, type Json } from "./json";

export interface Asked {
  readonly kind: Kind;
  readonly question: Document;
}

/** The search part of the address: `kind=funnel&q={...}&workspace=...`. */
export function searchOf({ kind, question }: Asked, workspace: string): string {
  return new URLSearchParams({ kind, q: JSON.stringify(question), [WORKSPACE]: workspace }).toString();
}

/** The question that an address holds. What is no question becomes a blank one: an address is anybody's text. */
export function askedOf(search: URLSearchParams): Asked {
  const named = search.get("kind");
  const kind = KINDS.find((one) => one === named) ?? "trend";
  return { kind, question: { ...blankQuestion(kind), ...read(search.get("q")) } };
}

/** Whether an address holds a question to be answered at once. */
export function isAsked(search: URLSearchParams): boolean {
  return search.has("q");
}

export function blankQuestion(kind: Kind): Document {
  return blank(allFields(kind));
}

/** The document to send. */
export function documentOf({ kind, question }: Asked): Document {
  return trimmed(allFields(kind), question);
}

function read(text: string | null): Document {
  try {
    const found = JSON.parse(text ?? "{}") as Json;
    return isDocument(found) ? found : {};
  } catch {
    return {};
  }
}
