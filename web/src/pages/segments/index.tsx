import { Route, Routes } from "react-router";
import { Definitions } from "@/definitions/Definitions";
import { Overlap } from "./Overlap";
import "./segments.css";

/** The list of segments with what they have in common below it, and the pages of each. */
export default function Segments() {
  return (
    <>
      <Definitions kind="segment" />
      <Routes>
        <Route index element={<Overlap />} />
        <Route path="*" element={null} />
      </Routes>
    </>
  );
}
