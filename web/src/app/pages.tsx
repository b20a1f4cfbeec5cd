/** The pages there are, in the order of the menu. Each is loaded when it is first opened. */

import {
  ApartmentOutlined,
  BarChartOutlined,
  DatabaseOutlined,
  DashboardOutlined,
  HomeOutlined,
  TagsOutlined,
  TeamOutlined,
  ThunderboltOutlined,
  ToolOutlined,
} from "@ant-design/icons";
import { type ComponentType, lazy, type ReactNode } from "react";
import type { shell } from "@/words/shell";

export interface Page {
  path: string;
  name: keyof typeof shell;
  icon: ReactNode;
  /** Who lacks it sees neither the entry nor the page. */
  permission: string | null;
  component: ComponentType;
  /** Whether pages of its own lie below its path. */
  isTree?: boolean;
}

export const PAGES: readonly Page[] = [
  { path: "/", name: "home", icon: <HomeOutlined />, permission: null, component: lazy(() => import("@/pages/home")) },
  {
    path: "/live",
    name: "live",
    icon: <ThunderboltOutlined />,
    permission: "events.read",
    component: lazy(() => import("@/pages/live")),
  },
  {
    path: "/ask",
    name: "ask",
    icon: <BarChartOutlined />,
    permission: "questions.ask",
    component: lazy(() => import("@/pages/ask")),
    isTree: true,
  },
  {
    path: "/dashboards",
    name: "dashboards",
    icon: <DashboardOutlined />,
    permission: "questions.ask",
    component: lazy(() => import("@/pages/dashboards")),
    isTree: true,
  },
  {
    path: "/people",
    name: "people",
    icon: <TeamOutlined />,
    permission: "profiles.read",
    component: lazy(() => import("@/pages/people")),
    isTree: true,
  },
  {
    path: "/tags",
    name: "tags",
    icon: <TagsOutlined />,
    permission: "tags.read",
    component: lazy(() => import("@/pages/tags")),
    isTree: true,
  },
  {
    path: "/segments",
    name: "segments",
    icon: <ApartmentOutlined />,
    permission: "tags.read",
    component: lazy(() => import("@/pages/segments")),
    isTree: true,
  },
  {
    path: "/data",
    name: "data",
    icon: <DatabaseOutlined />,
    permission: "sources.read",
    component: lazy(() => import("@/pages/data")),
    isTree: true,
  },
  {
    path: "/operate",
    name: "operate",
    icon: <ToolOutlined />,
    permission: null,
    component: lazy(() => import("@/pages/operate")),
    isTree: true,
  },
];
