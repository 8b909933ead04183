// For functions that work for one connection at a time: what lets each take on its own role once more, tagged with
// that connection's name, and nothing else. What a role allows of a connection (grants.yml) it allows of the one that
// ${aws:PrincipalTag/connection} names: a function that has not said which may read none.
//
//   ${self:custom.own.plan_run.name}   the role's name: IAM knows no regions, so that it has the region in it
//   ....trust                          who may take it on: Lambda, and itself with that one tag
//   ....act                            the statement that allows it to
//   ....environment                    how the function knows its role (sluice/settings.py)
//
// A role trusts itself by its name: a policy that names it as principal cannot be made before the role is.
const functions = [
  "plan_run", "look_for_news", "fetch_pages", "transform", "judge_change", "commit_cursor", "record_failure",
  "plan_backfill", "read_window", "sum_windows",
  "plan_replay", "commit_replay", "fail_replay",
  "probe_description",
];

const named = (name) => `\${self:custom.name}-${name}-\${AWS::Region}`;
const sub = (text) => ({ "Fn::Sub": text });
const role = (name) => sub(`arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/${named(name)}`);
const actions = ["sts:AssumeRole", "sts:TagSession"];

const trust = (name) => ({
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
    {
      Sid: "ItselfForOneConnection",
      Effect: "Allow",
      Principal: { AWS: sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root") },
      Action: actions,
      Condition: {
        ArnEquals: { "aws:PrincipalArn": role(name) },
        StringLike: { "aws:RequestTag/connection": "?*" },
        "ForAllValues:StringEquals": { "aws:TagKeys": ["connection"] },
      },
    },
  ],
});

module.exports = Object.fromEntries(
  functions.map((name) => [
    name,
    {
      name: sub(named(name)),
      trust: trust(name),
      act: { Sid: "ActForOneConnection", Effect: "Allow", Action: actions, Resource: role(name) },
      environment: { SLUICE_OWN_ROLE: role(name) },
    },
  ]),
);
