//! AOCMessage (ami-server.md 10.33): what clients say of charges, as facts to be told.

use super::{Step, failed};
use crate::Request;
use ami::action::charge::AocMessage;
use ami::{Message, response};
use model::{Advice, AdviceTime, Command};
use std::fmt::Display;
use std::sync::Arc;

/// As many kinds of units are told.
const UNITS: usize = 32;
/// As many rates are told at most.
const RATES: usize = 10;

/// What clients call a multiplier, and what events call it.
const MULTIPLIERS: [(&str, &str); 7] = [
    ("OneThousandth", "1/1000"),
    ("OneHundredth", "1/100"),
    ("OneTenth", "1/10"),
    ("One", "1"),
    ("Ten", "10"),
    ("Hundred", "100"),
    ("Thousand", "1000"),
];
/// Why a call is charged so; the first three during it, all at its end.
const BILLINGS: [(&str, &str); 8] = [
    ("Normal", "Normal"),
    ("ReverseCharge", "Reverse"),
    ("CreditCard", "CreditCard"),
    ("CallFwdUnconditional", "CallForwardingUnconditional"),
    ("CallFwdBusy", "CallForwardingBusy"),
    ("CallFwdNoReply", "CallForwardingNoReply"),
    ("CallDeflection", "CallDeflection"),
    ("CallTransfer", "CallTransfer"),
];
/// What is charged for, as it is called in both.
const ITEMS: [&str; 6] = [
    "SpecialArrangement",
    "BasicCommunication",
    "CallAttempt",
    "CallSetup",
    "UserUserInfo",
    "SupplementaryService",
];
const SCALES: [&str; 7] = [
    "OneHundredthSecond",
    "OneTenthSecond",
    "Second",
    "TenSeconds",
    "Minute",
    "Hour",
    "Day",
];
const CHARGINGS: [&str; 2] = ["ContinuousCharging", "StepFunction"];
const VOLUMES: [&str; 3] = ["Octet", "Segment", "Message"];

/// That the channel is there is looked at before what it is to be told.
pub(super) fn advise(id: &str, action: &AocMessage) -> Step {
    if action.channel.is_none() && action.channel_prefix.is_none() {
        let missing =
            "Channel and PartialChannel are not specified. Specify at least one of these.";
        return failed(id, missing);
    }
    Step::Ask(Request::Switch(Command::Advise {
        channel: action.channel.as_deref().map(Arc::from),
        prefix: action.channel_prefix.as_deref().map(Arc::from),
        advice: read(action).ok(),
    }))
}

/// The channel was there.
pub(super) fn advised(id: &str, action: &AocMessage) -> Vec<Message> {
    vec![match read(action) {
        Ok(_) => response::done(id, "AOC Message successfully queued on channel"),
        Err(text) => response::error(id, text),
    }]
}

fn read(action: &AocMessage) -> Result<Advice, &'static str> {
    let mut facts = Facts::default();
    let kind = action.msg_type.as_deref().unwrap_or_default();
    let time = match kind.to_ascii_uppercase().as_str() {
        "S" => AdviceTime::Start,
        "D" => AdviceTime::During,
        "E" => AdviceTime::End,
        _ => return Err("Invalid MsgType"),
    };
    match time {
        AdviceTime::Start => rates(action, &mut facts)?,
        AdviceTime::During => charge(action, &mut facts, &BILLINGS[..3])
            .map_err(|error| error.unwrap_or("Invalid AOC-D AOCBillingId"))?,
        AdviceTime::End => {
            association(action, &mut facts)?;
            charge(action, &mut facts, &BILLINGS)
                .map_err(|error| error.unwrap_or("Invalid AOC-E AOCBillingId"))?;
        }
    }
    Ok(Advice {
        time,
        facts: facts.0.into(),
    })
}

/// The charge; an error without a text is one of the billing id.
fn charge(
    action: &AocMessage,
    facts: &mut Facts,
    billings: &[(&str, &'static str)],
) -> Result<(), Option<&'static str>> {
    let given = action.charge_type.as_deref();
    let kind = given.ok_or(Some("ChargeType not specified"))?;
    let kind = match kind.to_ascii_lowercase().as_str() {
        "na" => "NotAvailable",
        "free" => "Free",
        "currency" => "Currency",
        "unit" => "Units",
        _ => return Err(Some("Invalid ChargeType")),
    };
    facts.add("Charge/Type", kind);
    let billing = match action.billing_id.as_deref() {
        None => "NotAvailable",
        Some(name) => known(name, billings).ok_or(None)?,
    };
    if matches!(kind, "Currency" | "Units") {
        let part = action.total_type.as_deref();
        let part = part.is_some_and(|total| total.eq_ignore_ascii_case("SubTotal"));
        facts.add("Charge/BillingID", billing);
        facts.add("Charge/TotalType", if part { "SubTotal" } else { "Total" });
    }
    match kind {
        "Currency" => {
            let amount = action.currency_amount.as_deref();
            let amount = amount.and_then(|amount| amount.trim().parse::<u32>().ok());
            let amount = amount.ok_or(Some(
                "Invalid CurrencyAmount, CurrencyAmount is a required when ChargeType is Currency",
            ))?;
            let multiplier = action.currency_multiplier.as_deref().ok_or(Some(
                "ChargeMultiplier unspecified, ChargeMultiplier is required when ChargeType is Currency.",
            ))?;
            let multiplier =
                known(multiplier, &MULTIPLIERS).ok_or(Some("Invalid ChargeMultiplier"))?;
            let name = action.currency_name.as_deref().unwrap_or_default();
            facts.add("Charge/Currency/Name", name);
            facts.add("Charge/Currency/Cost", amount);
            facts.add("Charge/Currency/Multiplier", multiplier);
        }
        "Units" => units(action, facts),
        _ => {}
    }
    Ok(())
}

fn units(action: &AocMessage, facts: &mut Facts) {
    let number = |name: &str, at: usize| -> Option<u32> {
        let name = format!("{name}({at})");
        let mut headers = action.others.0.iter();
        let (_, value) = headers.find(|(header, _)| header.eq_ignore_ascii_case(&name))?;
        value.trim().parse().ok()
    };
    let there = (0..UNITS)
        .map(|at| (number("UnitAmount", at), number("UnitType", at)))
        .filter(|unit| *unit != (None, None));
    for (at, (amount, kind)) in there.enumerate() {
        if let Some(amount) = amount {
            facts.add(format_args!("Charge/Units({at})/NumberOf"), amount);
        }
        if let Some(kind) = kind {
            facts.add(format_args!("Charge/Units({at})/TypeOf"), kind);
        }
    }
}

/// What call an advice at the end is about: a number, or an id.
fn association(action: &AocMessage, facts: &mut Facts) -> Result<(), &'static str> {
    let number = |text: &Option<String>, error| match text {
        None => Ok(None),
        Some(text) => text.trim().parse::<u16>().map(Some).map_err(|_| error),
    };
    let call = number(
        &action.charging_association_id,
        "Invalid ChargingAssociationId",
    )?;
    let plan = number(
        &action.charging_association_plan,
        "Invalid ChargingAssociationPlan",
    )?;
    if let Some(telephone) = &action.charging_association_number {
        facts.add("ChargingAssociation/Number", telephone);
        facts.add("ChargingAssociation/Plan", plan.unwrap_or(0));
    } else if let Some(call) = call {
        facts.add("ChargingAssociation/ID", call);
    }
    Ok(())
}

/// The rates: each a group of headers, begun by `ChargedItem`.
fn rates(action: &AocMessage, facts: &mut Facts) -> Result<(), &'static str> {
    let headers = &action.others.0;
    let begins = |(name, _): &(String, String)| name.eq_ignore_ascii_case("ChargedItem");
    let first = headers.iter().position(begins);
    let headers = &headers[first.ok_or("ChargedItem not specified")?..];
    let groups = headers.chunk_by(|_, next| !begins(next));
    for (at, group) in groups.take(RATES).enumerate() {
        rate(&Group(group), &format!("(null)({at})"), facts)?;
    }
    Ok(())
}

fn rate(group: &Group<'_>, path: &str, facts: &mut Facts) -> Result<(), &'static str> {
    let item = group.value("ChargedItem").unwrap_or_default();
    let item = match word(item, &ITEMS) {
        Some(item) => item,
        None if item.eq_ignore_ascii_case("NA") => "NotAvailable",
        None => return Err("Invalid ChargedItem"),
    };
    facts.add(format_args!("{path}/Chargeable"), item);
    let kind = group.value("RateType").ok_or("RateType not specified")?;
    match kind.to_ascii_lowercase().as_str() {
        "na" | "free" | "freefrombeginning" => {}
        "duration" => {
            group.currency(&format!("{path}/Duration"), facts)?;
            let charging = group
                .value("ChargingType")
                .ok_or("ChargingType unspecified")?;
            let charging = word(charging, &CHARGINGS).ok_or("Invalid ChargingType")?;
            facts.add(format_args!("{path}/Duration/ChargingType"), charging);
            let time = group.number("Time", "Invalid Time")?.ok_or(
                "Time unspecified, Time and TimeScale are required when RateType is Duration.",
            )?;
            let scale = group.scale("TimeScale", "Invalid TimeScale")?;
            facts.add(format_args!("{path}/Duration/Time/Length"), time);
            facts.add(format_args!("{path}/Duration/Time/Scale"), scale);
            if let Some(step) = group.number("Granularity", "Invalid Granularity")? {
                let scale = group.scale("GranularityTimeScale", "Invalid GranularityTimeScale")?;
                facts.add(format_args!("{path}/Duration/Granularity/Length"), step);
                facts.add(format_args!("{path}/Duration/Granularity/Scale"), scale);
            }
        }
        "flat" => group.currency(&format!("{path}/Flat"), facts)?,
        "volume" => {
            let unit = group.value("VolumeUnit").ok_or("VolumeUnit unspecified")?;
            let unit = word(unit, &VOLUMES).ok_or("Invalid VolumeUnit")?;
            facts.add(format_args!("{path}/Volume/Unit"), unit);
            group.currency(&format!("{path}/Volume"), facts)?;
        }
        "specialcode" => {
            let code = group
                .number("Code", "Invalid Code")?
                .ok_or("Code unspecified")?;
            facts.add(format_args!("{path}/SpecialCode/SpecialCode"), code);
        }
        _ => return Err("Invalid RateType"),
    }
    Ok(())
}

/// The headers of one rate.
struct Group<'a>(&'a [(String, String)]);

impl Group<'_> {
    fn value(&self, name: &str) -> Option<&str> {
        let mut headers = self.0.iter();
        let (_, value) = headers.find(|(header, _)| header.eq_ignore_ascii_case(name))?;
        Some(value.trim())
    }

    fn number(&self, name: &str, error: &'static str) -> Result<Option<u32>, &'static str> {
        let value = self.value(name);
        value
            .map(|value| value.parse().map_err(|_| error))
            .transpose()
    }

    fn scale(&self, name: &str, error: &'static str) -> Result<&'static str, &'static str> {
        word(self.value(name).unwrap_or_default(), &SCALES).ok_or(error)
    }

    fn currency(&self, path: &str, facts: &mut Facts) -> Result<(), &'static str> {
        let amount = self
            .number("CurrencyAmount", "Invalid CurrencyAmount")?
            .ok_or("CurrencyAmount unspecified")?;
        let multiplier = self.value("CurrencyMultiplier").unwrap_or_default();
        let multiplier = known(multiplier, &MULTIPLIERS).ok_or("Invalid CurrencyMultiplier")?;
        let name = self.value("CurrencyName").unwrap_or_default();
        facts.add(format_args!("{path}/Currency/Name"), name);
        facts.add(format_args!("{path}/Currency/Cost"), amount);
        facts.add(format_args!("{path}/Currency/Multiplier"), multiplier);
        Ok(())
    }
}

/// Facts by their paths, in order.
#[derive(Default)]
struct Facts(Vec<(Arc<str>, Arc<str>)>);

impl Facts {
    fn add(&mut self, path: impl Display, value: impl Display) {
        self.0
            .push((path.to_string().into(), value.to_string().into()));
    }
}

/// The word a client wrote in any case.
fn word(written: &str, words: &[&'static str]) -> Option<&'static str> {
    let mut words = words.iter().copied();
    words.find(|word| word.eq_ignore_ascii_case(written))
}

/// What events call what a client named, in any case.
fn known<'a>(name: &str, names: &[(&str, &'a str)]) -> Option<&'a str> {
    let mut names = names.iter();
    let (_, told) = names.find(|(known, _)| known.eq_ignore_ascii_case(name))?;
    Some(told)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ami::action::{Declared, Others};

    fn told(headers: &[(&str, &str)]) -> Result<Vec<String>, &'static str> {
        let message = headers
            .iter()
            .fold(Message::new(), |message, (name, value)| {
                message.with(name, value)
            });
        let advice = read(&AocMessage::read(&message).expect("nothing of it is required"))?;
        let facts = advice.facts.iter();
        Ok(facts
            .map(|(path, value)| format!("{path}: {value}"))
            .collect())
    }

    #[test]
    fn a_charge_in_a_currency_is_told_with_what_it_is_for() {
        let said = told(&[
            ("MsgType", "d"),
            ("ChargeType", "Currency"),
            ("CurrencyName", "EUR"),
            ("CurrencyAmount", "12"),
            ("CurrencyMultiplier", "OneTenth"),
            ("TotalType", "subtotal"),
            ("AOCBillingId", "ReverseCharge"),
        ]);
        let expected = [
            "Charge/Type: Currency",
            "Charge/BillingID: Reverse",
            "Charge/TotalType: SubTotal",
            "Charge/Currency/Name: EUR",
            "Charge/Currency/Cost: 12",
            "Charge/Currency/Multiplier: 1/10",
        ];
        assert_eq!(said.expect("it is valid"), expected);
    }

    #[test]
    fn the_units_at_the_end_of_a_call_are_told_with_the_call_they_are_for() {
        let said = told(&[
            ("MsgType", "E"),
            ("ChargeType", "Unit"),
            ("UnitAmount(0)", "3"),
            ("UnitType(0)", "1"),
            ("UnitAmount(7)", "4"),
            ("ChargingAssociationNumber", "5551212"),
            ("AOCBillingId", "CallTransfer"),
        ]);
        let expected = [
            "ChargingAssociation/Number: 5551212",
            "ChargingAssociation/Plan: 0",
            "Charge/Type: Units",
            "Charge/BillingID: CallTransfer",
            "Charge/TotalType: Total",
            "Charge/Units(0)/NumberOf: 3",
            "Charge/Units(0)/TypeOf: 1",
            "Charge/Units(1)/NumberOf: 4",
        ];
        assert_eq!(said.expect("it is valid"), expected);
    }

    #[test]
    fn rates_are_told_group_by_group() {
        let said = told(&[
            ("MsgType", "S"),
            ("ChargedItem", "BasicCommunication"),
            ("RateType", "Duration"),
            ("CurrencyName", "EUR"),
            ("CurrencyAmount", "5"),
            ("CurrencyMultiplier", "OneHundredth"),
            ("ChargingType", "StepFunction"),
            ("Time", "1"),
            ("TimeScale", "Minute"),
            ("ChargedItem", "CallSetup"),
            ("RateType", "SpecialCode"),
            ("Code", "7"),
        ]);
        let expected = [
            "(null)(0)/Chargeable: BasicCommunication",
            "(null)(0)/Duration/Currency/Name: EUR",
            "(null)(0)/Duration/Currency/Cost: 5",
            "(null)(0)/Duration/Currency/Multiplier: 1/100",
            "(null)(0)/Duration/ChargingType: StepFunction",
            "(null)(0)/Duration/Time/Length: 1",
            "(null)(0)/Duration/Time/Scale: Minute",
            "(null)(1)/Chargeable: CallSetup",
            "(null)(1)/SpecialCode/SpecialCode: 7",
        ];
        assert_eq!(said.expect("it is valid"), expected);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let error = |headers: &[(&str, &str)]| told(headers).expect_err("it is not valid");
        assert_eq!(error(&[]), "Invalid MsgType");
        assert_eq!(error(&[("MsgType", "D")]), "ChargeType not specified");
        let with =
            |more: &[(&'static str, &'static str)]| error(&[&[("MsgType", "D")], more].concat());
        assert_eq!(with(&[("ChargeType", "gold")]), "Invalid ChargeType");
        let free = ("ChargeType", "Free");
        let transfer = ("AOCBillingId", "CallTransfer");
        assert_eq!(with(&[free, transfer]), "Invalid AOC-D AOCBillingId");
        assert_eq!(error(&[("MsgType", "S")]), "ChargedItem not specified");
        let item = ("ChargedItem", "CallSetup");
        assert_eq!(error(&[("MsgType", "S"), item]), "RateType not specified");
    }

    #[test]
    fn no_channel_no_advice() {
        let nothing = AocMessage::read(&Message::new()).expect("nothing of it is required");
        assert_eq!(nothing.others, Others::default());
        assert!(matches!(advise("1", &nothing), Step::Done(_)));
    }
}
