/** The frame of every page: the menu, the workspace, the state of the data, the account. */

import { MenuOutlined } from "@ant-design/icons";
import { Button, Drawer, Select } from "antd";
import { lazy, Suspense, useState } from "react";
import { NavLink, Outlet, useLocation, useSearchParams } from "react-router";
import { ErrorState } from "@/parts/ErrorState";
import { Freshness } from "@/parts/Freshness";
import { Mark } from "@/parts/Mark";
import { Waiting } from "@/parts/Waiting";
import { ApiError } from "@/api/client";
import { shell } from "@/words/shell";
import { useWords } from "@/words/words";
import { AccountMenu } from "./AccountMenu";
import { inWorkspace, WORKSPACE } from "./InItsWorkspace";
import { type Page, PAGES } from "./pages";
import { useSession } from "./session";

/** Nobody waits for it: there is mostly nothing in it. */
const Background = lazy(() => import("@/background/Background").then((found) => ({ default: found.Background })));

export function Shell() {
  const say = useWords(shell);
  const [isOpen, setOpen] = useState(false);
  const page = useOpenPage();
  const { may } = useSession();
  return (
    <div className="frame">
      <a className="skip" href="#page" onClick={skipToPage}>
        {say("skip")}
      </a>
      <aside className="side">
        <Brand />
        <Menu />
      </aside>
      <div className="main">
        <header className="top">
          <Button
            className="only-narrow"
            type="text"
            icon={<MenuOutlined />}
            aria-label={say("openNavigation")}
            onClick={() => setOpen(true)}
          />
          <WorkspaceChoice />
          <span className="stretch" />
          <Suspense fallback={null}>
            <Background />
          </Suspense>
          <Freshness />
          <AccountMenu />
        </header>
        <main id="page" tabIndex={-1}>
          {page?.permission && !may(page.permission) ? (
            <ErrorState failure={new ApiError(403, "not_allowed", "")} />
          ) : (
            <Suspense fallback={<Waiting />}>
              <Outlet />
            </Suspense>
          )}
        </main>
      </div>
      <Drawer open={isOpen} onClose={() => setOpen(false)} placement="left" title={<Brand />} size={264}>
        <Menu onChosen={() => setOpen(false)} />
      </Drawer>
    </div>
  );
}

/** The address belongs to the router, so the link moves the focus by itself. */
function skipToPage(event: React.MouseEvent): void {
  event.preventDefault();
  document.getElementById("page")?.focus();
}

function useOpenPage(): Page | undefined {
  const { pathname } = useLocation();
  const first = `/${pathname.split("/")[1] ?? ""}`;
  return PAGES.find((one) => one.path === first);
}

function Brand() {
  const say = useWords(shell);
  return (
    <div className="brand">
      <Mark />
      <b>zuji</b>
      {say("product") !== "zuji" && <span>{say("product")}</span>}
    </div>
  );
}

function Menu({ onChosen }: { onChosen?: () => void }) {
  const say = useWords(shell);
  const { may } = useSession();
  return (
    <nav className="menu" aria-label={say("navigation")}>
      {PAGES.filter((one) => !one.permission || may(one.permission)).map((one) => (
        <NavLink key={one.path} to={one.path} end={one.path === "/"} {...(onChosen ? { onClick: onChosen } : {})}>
          <span aria-hidden>{one.icon}</span>
          {say(one.name)}
        </NavLink>
      ))}
    </nav>
  );
}

function WorkspaceChoice() {
  const say = useWords(shell);
  const { workspace, workspaces, setWorkspace } = useSession();
  const [search, setSearch] = useSearchParams();
  // Where the address names one, the page follows the address.
  const choose = (id: string) => (search.has(WORKSPACE) ? setSearch(inWorkspace(search, id)) : setWorkspace(id));
  if (workspaces.length < 2) return <span className="workspace">{workspaces[0]?.name ?? workspace}</span>;
  return (
    <Select
      aria-label={say("workspace")}
      value={workspace}
      onChange={choose}
      variant="borderless"
      popupMatchSelectWidth={false}
      options={workspaces.map((one) => ({ value: one.id, label: one.name }))}
    />
  );
}
