//! Where the doors of areas lead now.
//!
//! Into the room with most space where the bot counts people ([`crate::app::rooms`]); where it does not, to the link that
//! `doors.toml` names ([`App::lead_to`]). Our own number and the pretend town lead by themselves.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{
    app::App,
    domain::{
        directory::{Directory, Purpose},
        door::{Lead, LeadTo},
        envelope::PlatformKind,
        ids::AreaId,
    },
};

/// Where doors lead by hand.
pub struct Leads(Mutex<BTreeMap<(AreaId, PlatformKind), LeadTo>>);

impl Leads {
    /// As the settings say.
    pub fn new(directory: &Directory) -> Self {
        let doors = directory.doors.iter();
        let known = doors.map(|(area, lead)| ((area.clone(), lead.platform), lead.to.clone()));
        Self(Mutex::new(known.collect()))
    }
}

impl App {
    /// The ways into an area, in the order in which they are offered; none where the area has no rooms and we have no number.
    #[must_use]
    pub fn leads(&self, area: &AreaId) -> Vec<Lead> {
        let offered = [
            PlatformKind::Signal,
            PlatformKind::Matrix,
            PlatformKind::Playground,
            PlatformKind::Sms,
        ];
        let lead = |platform| {
            let to = match self.room_with_space(area, platform) {
                Some(found) => found.map_or(LeadTo::Preparing, |(_, to)| to),
                None => self.led_by_hand(area, platform)?,
            };
            Some(Lead { platform, to })
        };
        offered.into_iter().filter_map(lead).collect()
    }

    /// The way into an area on one platform, for somebody who takes it: their place is theirs for a minute.
    #[must_use]
    pub fn lead(&self, area: &AreaId, platform: PlatformKind) -> Option<Lead> {
        let to = match self.room_with_space(area, platform) {
            Some(found) => self.lead_into(found),
            None => self.led_by_hand(area, platform)?,
        };
        Some(Lead { platform, to })
    }

    /// Says where an area's door leads on a platform where the bot counts no rooms of it; `None`: nowhere.
    pub fn lead_to(&self, area: &AreaId, platform: PlatformKind, to: Option<LeadTo>) {
        let mut leads = self.leads.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (area.clone(), platform);
        match to {
            Some(to) => leads.insert(key, to),
            None => leads.remove(&key),
        };
    }

    fn led_by_hand(&self, area: &AreaId, platform: PlatformKind) -> Option<LeadTo> {
        let known = {
            let leads = self.leads.0.lock().unwrap_or_else(PoisonError::into_inner);
            leads.get(&(area.clone(), platform)).cloned()
        };
        known.or_else(|| self.own_lead(area, platform))
    }

    /// What never fills up: our number, and the pretend town.
    fn own_lead(&self, area: &AreaId, platform: PlatformKind) -> Option<LeadTo> {
        let url = match platform {
            PlatformKind::Sms => {
                let number = self.community.number.as_ref()?;
                let directory = self.directory();
                let words = utf8_percent_encode(directory.area_name(area), NON_ALPHANUMERIC);
                format!("sms:{number}?body={words}")
            }
            PlatformKind::Playground => {
                let is_there = |room: &&crate::domain::directory::Room| {
                    room.room.platform == platform && room.areas.contains(area)
                };
                let directory = self.directory();
                let mut rooms = directory.rooms.iter().filter(is_there);
                rooms.find(|room| room.purpose == Purpose::Response)?;
                format!("{}/", self.community.public_url.as_ref()?)
            }
            PlatformKind::Matrix | PlatformKind::Signal => return None,
        };
        let approval = false;
        Some(LeadTo::Link { url, approval })
    }
}
