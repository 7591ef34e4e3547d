//! Advice of charge.

use super::Others;
use macros::Action;

/// Tells a channel what its call costs: at its start the rates (AOC-S), during it (AOC-D) or at its
/// end (AOC-E) the charges.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    name = "AOCMessage",
    classes(aoc),
    synopsis = "Generate an Advice of Charge message on a channel."
)]
pub struct AocMessage {
    /// The channel.
    #[action(subject = Channel, unsaid)]
    pub channel: Option<String>,
    /// The first channel whose name begins so, where no channel is named.
    pub channel_prefix: Option<String>,
    /// `S`, `D` or `E`.
    pub msg_type: Option<String>,
    /// Of D and E: `NA`, `Free`, `Currency` or `Unit`.
    pub charge_type: Option<String>,
    /// Of a currency: its name.
    pub currency_name: Option<String>,
    /// Of a currency: how many `CurrencyMultiplier` of it.
    pub currency_amount: Option<String>,
    /// Of a currency: `OneThousandth`, `OneHundredth`, `OneTenth`, `One`, `Ten`, `Hundred` or
    /// `Thousand`.
    pub currency_multiplier: Option<String>,
    /// Of D and E: `SubTotal`, or else the total.
    pub total_type: Option<String>,
    /// Of D and E: `Normal`, `ReverseCharge` or `CreditCard`; of E also `CallFwdUnconditional`,
    /// `CallFwdBusy`, `CallFwdNoReply`, `CallDeflection` or `CallTransfer`.
    #[action(name = "AOCBillingId")]
    pub billing_id: Option<String>,
    /// Of E: the call charged for, by its number here.
    pub charging_association_id: Option<String>,
    /// Of E: the call charged for, by the telephone number.
    pub charging_association_number: Option<String>,
    /// Of E: the plan of that number.
    pub charging_association_plan: Option<String>,
    /// The units as `UnitAmount(0)` and `UnitType(0)` to 31. Of S a group for each rate, begun by
    /// `ChargedItem`: RateType, CurrencyName, CurrencyAmount, CurrencyMultiplier, Time, TimeScale,
    /// Granularity, GranularityTimeScale, ChargingType, VolumeUnit, Code.
    pub others: Others,
}
