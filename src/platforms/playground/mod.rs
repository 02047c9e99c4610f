//! A pretend town in the browser: rooms, phones, people. A real platform on the real pipeline.
use std::sync::Arc;
pub struct TownPlan;
impl TownPlan { pub fn load(_t:&str)->Result<Self,String>{Ok(Self)} pub fn rooms(&self)->Vec<crate::domain::directory::Room>{vec![]} pub fn people(&self)->Vec<crate::domain::directory::Appointment>{vec![]} }
pub struct Playground;
impl Playground { pub fn new(_t: TownPlan)->Arc<Self>{Arc::new(Self)} pub fn routes(self:&Arc<Self>)->axum::Router{axum::Router::new()} }
#[async_trait::async_trait]
impl super::Platform for Playground {
    fn kind(&self)->crate::domain::envelope::PlatformKind{todo!()}
    fn capabilities(&self)->super::Capabilities{todo!()}
    async fn listen(&self,_i:super::Inbox,_s:Option<crate::domain::ids::Checkpoint>,_t:super::Stop)->anyhow::Result<()>{todo!()}
    async fn perform(&self,_d:&super::Delivery)->Result<super::Receipt,super::PerformError>{todo!()}
    fn is_up(&self)->bool{true}
}
