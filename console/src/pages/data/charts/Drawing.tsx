// A chart drawn, and the same as a table: what a drawing rounds is exact there, and can be read aloud.

import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import MixedLineBarChart from "@cloudscape-design/components/mixed-line-bar-chart";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import type { Model } from "../../../api/client";
import { Empty } from "../../../parts/Empty";
import { titleOf } from "../entities";
import { drawable, grouped } from "../figures";
import { CHARTS, isChart, periodsInWords, rangeOf, short } from "./kinds";

type Found = Model<"ChartModel">;

const HEIGHT = 320;

export function Drawing({ of }: { of: Found }) {
  const kind = isChart(of.chart) ? CHARTS[of.chart] : CHARTS.changes;
  const periods = periodsInWords(of.periods, of.by);
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={`${titleOf(of.entity)} by ${of.by}, ${periods[0]} to ${periods.at(-1)}`}
        >
          {kind.label}
        </Header>
      }
    >
      <SpaceBetween size="m">
        {kind.unit === "amount" ? (
          <Amounts of={of} />
        ) : (
          <One of={of} series={of.series} label={titleOf(kind.unit)} />
        )}
        {of.series.length > 0 && (
          <ExpandableSection headerText="As a table">
            <Figures of={of} />
          </ExpandableSection>
        )}
      </SpaceBetween>
    </Container>
  );
}

// Two currencies have no scale in common: each has a chart of its own.
function Amounts({ of }: { of: Found }) {
  if (of.series.length === 0) {
    return <One of={of} series={[]} label="Amount" />;
  }
  return (
    <>
      {of.series.map((one) => (
        <One key={one.name} of={of} series={[one]} label={one.name || "Without a currency"} />
      ))}
    </>
  );
}

function One({ of, series, label }: { of: Found; series: Found["series"]; label: string }) {
  const periods = periodsInWords(of.periods, of.by);
  const isLine = isChart(of.chart) && CHARTS[of.chart].drawn === "lines";
  const lines = series.map((one) => one.values.map(drawable));
  return (
    <MixedLineBarChart
      series={series.map((one) => ({
        title: one.name || "none",
        type: isLine ? ("line" as const) : ("bar" as const),
        data: one.values.map((value, at) => ({ x: periods[at] ?? "", y: drawable(value) })),
        valueFormatter: (_: number, x: string) => grouped(one.values[periods.indexOf(x)] ?? "0"),
      }))}
      xDomain={periods}
      yDomain={rangeOf(lines, !isLine)}
      xScaleType="categorical"
      stackedBars={!isLine}
      yTickFormatter={(value) => short.format(value)}
      xTitle={titleOf(of.by)}
      yTitle={label}
      height={HEIGHT}
      hideFilter
      hideLegend={series.length < 2}
      ariaLabel={`${label} by ${of.by}`}
      empty={
        <Empty
          title="Nothing in this time"
          hint="Choose an earlier day, a longer period, or other connections."
        />
      }
    />
  );
}

function Figures({ of }: { of: Found }) {
  const rows = of.periods.map((period, at) => ({ period, at }));
  return (
    <Table
      variant="embedded"
      items={rows}
      trackBy="period"
      ariaLabels={{ tableLabel: "The chart's figures" }}
      columnDefinitions={[
        {
          id: "period",
          header: titleOf(of.by),
          isRowHeader: true,
          cell: (row: { period: string; at: number }) => row.period,
        },
        ...of.series.map((one) => ({
          id: `of ${one.name}`,
          header: one.name || "none",
          cell: (row: { period: string; at: number }) => (
            <Box textAlign="right">{grouped(one.values[row.at] ?? "0")}</Box>
          ),
        })),
      ]}
    />
  );
}
