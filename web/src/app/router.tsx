/** The pages by their addresses, in the frame that they share. */

import { createHashRouter } from "react-router";
import { NotFound } from "@/parts/ErrorState";
import { Broken } from "./Broken";
import { PAGES } from "./pages";
import { Shell } from "./Shell";

export function makeRouter() {
  const children = PAGES.map(({ path, component: Content, isTree }) => ({
    path: isTree ? `${path}/*` : path,
    element: <Content />,
    errorElement: <Broken />,
  }));
  return createHashRouter([
    { path: "/", element: <Shell />, children: [...children, { path: "*", element: <NotFound /> }] },
  ]);
}
