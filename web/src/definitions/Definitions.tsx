import { Route, Routes } from "react-router";
import "./definitions.css";
import type { Kind } from "./document";
import { EditOne, NewOne } from "./Editor";
import { List } from "./List";
import { One } from "./One";

/** The pages of tags, or of segments: they differ in words alone. */
export function Definitions({ kind }: { kind: Kind }) {
  return (
    <Routes>
      <Route index element={<List kind={kind} />} />
      <Route path="new" element={<NewOne kind={kind} />} />
      <Route path=":key" element={<One kind={kind} />} />
      <Route path=":key/edit" element={<EditOne kind={kind} />} />
    </Routes>
  );
}
