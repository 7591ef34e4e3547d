//! Datatypes that CALLERID, CONNECTEDLINE and REDIRECTING share: what can be read and set of a party.

use super::{error, filled, or_empty};
use crate::identity::{CHARSETS, Identity, Particulars, Presentation};
use dialplan::functions::Outcome;
use model::Party;

/// What can be read of a party.
pub(super) fn read(party: &Party, particulars: &Particulars, kind: &str) -> Outcome {
    let (name, number) = (
        or_empty(party.name.as_ref()),
        or_empty(party.number.as_ref()),
    );
    let truth = |truth: bool| u8::from(truth).to_string();
    let subaddress = &particulars.subaddress;
    Ok(match kind {
        "all" => format!("\"{name}\" <{number}>"),
        "name" => name,
        "num" | "number" => number,
        "name-valid" => truth(party.name.is_some()),
        "num-valid" => truth(party.number.is_some()),
        "name-charset" => particulars.charset.unwrap_or(CHARSETS[0]).to_owned(),
        "pres" => particulars.presentation(party).text().to_owned(),
        "name-pres" => particulars.name.text().to_owned(),
        "num-pres" => particulars.number.text().to_owned(),
        "num-plan" | "ton" => particulars.plan.to_string(),
        "tag" => or_empty(particulars.tag.as_ref()),
        "subaddr" => or_empty(subaddress.text.as_ref()),
        "subaddr-valid" => truth(subaddress.text.is_some()),
        "subaddr-type" => subaddress.kind.to_string(),
        "subaddr-odd" => truth(subaddress.odd),
        kind => return unknown(kind),
    })
}

/// What can be set of it.
pub(super) fn write(
    party: &mut Party,
    particulars: &mut Particulars,
    kind: &str,
    value: &str,
) -> Outcome<()> {
    let subaddress = &mut particulars.subaddress;
    match kind {
        "all" => *party = Party::parse(value),
        "name" => party.name = filled(value),
        "num" | "number" => party.number = filled(value),
        "name-valid" if !is_true(value) => party.name = None,
        "num-valid" if !is_true(value) => party.number = None,
        "subaddr-valid" if !is_true(value) => subaddress.text = None,
        // It is known as soon as it is set.
        "name-valid" | "num-valid" | "subaddr-valid" => {}
        "name-charset" => {
            let mut all = CHARSETS.into_iter();
            let known = all.find(|known| known.eq_ignore_ascii_case(value.trim()));
            particulars.charset =
                Some(known.map_or_else(|| error(format!("'{value}' is no charset")), Ok)?);
        }
        "pres" => {
            let presentation = presentation(value)?;
            particulars.number = presentation;
            particulars.name = presentation;
        }
        "name-pres" => particulars.name = presentation(value)?,
        "num-pres" => particulars.number = presentation(value)?,
        "num-plan" | "ton" => particulars.plan = octet(value)?,
        "tag" => particulars.tag = filled(value),
        "subaddr" => subaddress.text = filled(value),
        "subaddr-type" => subaddress.kind = octet(value)?,
        "subaddr-odd" => subaddress.odd = is_true(value),
        kind => return unknown(kind),
    }
    Ok(())
}

pub(super) fn read_identity(identity: &Identity, kind: &str) -> Outcome {
    read(&identity.party, &identity.particulars, kind)
}

pub(super) fn write_identity(identity: &mut Identity, kind: &str, value: &str) -> Outcome<()> {
    write(&mut identity.party, &mut identity.particulars, kind, value)
}

pub(super) fn octet(value: &str) -> Outcome<u8> {
    let number = value.trim().parse();
    number.or_else(|_| error(format!("'{value}' is no number from 0 to 255")))
}

pub(super) fn unknown<T>(kind: &str) -> Outcome<T> {
    error(format!("there is no datatype '{kind}'"))
}

fn presentation(value: &str) -> Outcome<Presentation> {
    let known = Presentation::parse(value);
    known.map_or_else(|| error(format!("'{value}' is no presentation")), Ok)
}

fn is_true(value: &str) -> bool {
    dialplan::functions::is_true(value.trim())
}
