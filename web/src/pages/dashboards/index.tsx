import { useParams } from "react-router";
import { Board } from "./Board";
import { BoardList } from "./BoardList";
import "@/charts/answer.css";
import "@/pages/ask/ask.css";
import "./dashboards.css";

/** All dashboards, or the one that the address names. */
export default function DashboardsPage() {
  const id = useParams()["*"];
  return id ? <Board key={id} id={id} /> : <BoardList />;
}
